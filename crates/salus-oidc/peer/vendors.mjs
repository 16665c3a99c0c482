// Google, Microsoft and Okta on 127.0.0.1, as `emulate` has them: `node vendors.mjs`, from a folder that has the packages. It
// says each issuer and that it is ready; it ends with its standard input. Each has the portal and another application, Dana and
// Eli; whoever is pressed on its page of accounts is signed in.
//
// Google is here twice. The emulator's document says that a secret may come in the header or in the body, as the real one does,
// and takes it from the body alone. `google-to-the-letter` is that; `google` has a document that says what is taken, at an
// address of its own: like the real one, whose document and tokens are at two.

import { createServer } from "node:http";
import { createEmulator } from "emulate";

const hostname = "127.0.0.1";
const listening = (answers) => new Promise((done) => {
  const server = createServer(answers).listen(0, hostname, () => done(server));
});
const at = (port) => `http://${hostname}:${port}`;
// `emulate` says where it is before it listens.
const free = async () => {
  const server = await listening();
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
};

const clients = (key, more) => ["salus-at-riverside", "another-application"].map((client_id) => ({
  client_id,
  client_secret: `${client_id}~at-${key}`,
  name: client_id,
  redirect_uris: [`https://portal.example.org/sign-in/with/${key}/back`],
  ...more,
}));
const names = [["Dana", "Fox"], ["Eli", "Reyes"]];
const people = names.map(([first, last]) => ({
  email: `${first.toLowerCase()}@riverside.example.org`,
  name: `${first} ${last}`,
}));

const tenant = "2f4a8c1e-5b7d-4e90-a3c6-81d5f0b29e74";
const guest = { email: "gail@elsewhere.example.org", name: "Gail Elsewhere", tenant_id: "7d0c3b52-94af-4f1e-8b26-e5a1d9c07f38" };

const start = async (service, seed, issuer = (own) => own) => {
  const port = await free();
  const baseUrl = issuer(at(port));
  await createEmulator({ service, port, hostname, baseUrl, seed: { [service]: seed } });
  return at(port);
};

const google = (key) => ({ users: people, oauth_clients: clients(key) });
let document;
const accounts = await listening((_, answer) => answer.setHeader("content-type", "application/json").end(document));
const issuer = at(accounts.address().port);
const tokens = await start("google", google("google"), () => issuer);
const said = await (await fetch(`${tokens}/.well-known/openid-configuration`)).text();
document = JSON.stringify({
  ...JSON.parse(said.replaceAll(issuer, tokens)),
  issuer,
  token_endpoint_auth_methods_supported: ["client_secret_post"],
});
console.log(`google ${issuer}`);
console.log(`google-to-the-letter ${await start("google", google("google-to-the-letter"))}`);

const microsoft = await start("microsoft", {
  users: [...people.map((person) => ({ ...person, tenant_id: tenant })), guest],
  oauth_clients: clients("microsoft", { tenant_id: tenant }),
});
console.log(`microsoft ${microsoft}/${tenant}/v2.0`);

const okta = await start("okta", {
  users: people.map(({ email, name }) => ({ login: email, email, display_name: name })),
  oauth_clients: clients("okta", { auth_server_id: "org" }),
});
console.log(`okta ${okta}`);

process.stdin.on("end", () => process.exit(0)).resume();
console.log("ready");
