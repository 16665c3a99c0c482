"""A mail server for tests: aiosmtpd on a free port of 127.0.0.1 that puts each message into a folder.

peer.py FOLDER [--login] [--no-greeting] [--no-sender] [--tls CERTIFICATE KEY]
"""

import os
import ssl
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

folder, options = sys.argv[1], sys.argv[2:]


class Inbox:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return ["554 5.7.1 we are closed"] if "--no-greeting" in options else responses

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if "--no-sender" in options:
            return "550 5.7.1 your domain is not welcome"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("refused@"):
            return f"550 5.1.1 <{address}> is nobody here"
        if address.startswith("later@"):
            return f"451 4.7.1 <{address}> come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("unwelcome@"):
            return "554 5.7.1 this reads like spam"
        name = os.path.join(folder, f"{time.time_ns():020}")
        with open(name + ".half", "wb") as out:
            out.write(envelope.content)
        os.rename(name + ".half", name + ".eml")
        return "250 taken"


def right(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and data.login == b"portal" and data.password == b"right"
    return AuthResult(success=known, handled=False)


settings = {}
if "--login" in options:
    settings |= {"authenticator": right, "auth_required": True, "auth_require_tls": False}
if "--tls" in options:
    certificate, key = options[options.index("--tls") + 1 :][:2]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    settings |= {"tls_context": context, "require_starttls": True}

controller = Controller(Inbox(), hostname="127.0.0.1", port=int(os.environ["PORT"]), **settings)
controller.start()
print("ready", flush=True)
# Until whoever started it is gone.
sys.stdin.read()
controller.stop()
