// A provider on 127.0.0.1 that signs in whoever says a name: `node provider.mjs`, from a folder that has the packages. It says
// its issuer and that it is ready. Its own pages ask; PKCE is required, and its address is in its answers (RFC 9207). It ends
// with its standard input.

import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const server = createServer();
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: "salus-at-riverside",
    client_secret: "a secret & a half",
    redirect_uris: ["https://portal.example.org/sign-in/with/generic/back"],
    response_types: ["code"],
    grant_types: ["authorization_code"],
  }],
});
server.on("request", provider.callback());
process.stdin.on("end", () => process.exit(0)).resume();
console.log(`generic ${issuer}\nready`);
