// A provider on 127.0.0.1 that signs in whoever says a name: `node provider.mjs PORT FOLDER`, where FOLDER has the packages.
// Its own pages ask; PKCE is required, and its address is in its answers (RFC 9207). It ends with its standard input.

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [port, folder] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(createRequire(join(folder, "x.js")).resolve("oidc-provider")));

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: "salus-at-riverside",
    client_secret: "a secret & a half",
    redirect_uris: ["https://portal.example.org/sign-in/with/okta/back"],
    response_types: ["code"],
    grant_types: ["authorization_code"],
  }],
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
process.stdin.on("end", () => process.exit(0)).resume();
