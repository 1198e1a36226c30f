"""Back-ends that have sessions made by the hosted API, in the forms in which people write them."""

NODE_CLIENT = """\
import OpenAI from "openai";

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function POST(request: Request) {
  const { user } = await request.json();
  const session = await openai.beta.chatkit.sessions.create({
    user,
    workflow: { id: process.env.WORKFLOW_ID ?? "wf_68e5" },
    chatkit_configuration: { file_upload: { enabled: true } },
  });
  return Response.json({ client_secret: session.client_secret });
}
"""

NODE_BARE = """\
import OpenAI from 'openai'

export async function mint(user: string) {
  const client = new OpenAI()
  return (await client.beta.chatkit.sessions.create({ user, workflow: { id: 'wf_1' } })).client_secret
}
"""

NODE_SHARED = """\
import OpenAI from "openai";

export function routes() {
  // For everything.
  const openai = new OpenAI({
    apiKey: process.env.OPENAI_API_KEY,
    maxRetries: 1,
  });
  return {
    mint: (user: string) => openai.beta.chatkit.sessions.create({ user, workflow: { id: "wf_1" } }),
    embed: (input: string) => openai.embeddings.create({ input, model: "text-embedding-3-small" }),
  };
}
"""

NODE_FETCH = """\
const BASE = "https://api.openai.com";

export async function mint(user) {
  const key = process.env.OPENAI_API_KEY;
  if (!key) throw new Error("Set OPENAI_API_KEY, don't forget");
  const response = await fetch(`${BASE}/v1/chatkit/sessions`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${key}`,
      "OpenAI-Beta": "chatkit_beta=v1",
    },
    body: JSON.stringify({ workflow: { id: "wf_68e5" }, user }),
  });
  const { client_secret } = await response.json();
  return client_secret;
}
"""

PYTHON_CLIENT = '''\
"""The sessions of the shop: «é»."""

from openai import OpenAI

client = OpenAI()


def mint(user: str) -> str:
    session = client.beta.chatkit.sessions.create(user=user, workflow={"id": "wf_68e5"})
    return session.client_secret
'''

PYTHON_KEY = """\
import os
import openai

class Sessions:
    def __init__(self):
        self.client = openai.AsyncOpenAI(api_key=os.getenv("OPENAI_API_KEY"), timeout=5)

    async def mint(self, user):
        return await self.client.beta.chatkit.sessions.create(user=user, workflow={"id": "wf_68e5"})
"""

PYTHON_SHARED = """\
import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])


def mint(user):
    return client.beta.chatkit.sessions.create(user=user, workflow={"id": "wf_68e5"}).client_secret


def answer(text):
    return client.responses.create(model="gpt-4.1", input=text).output_text
"""

PYTHON_HTTP = """\
import json
import os
from urllib.request import Request, urlopen

SESSIONS = "https://api.openai.com/v1/chatkit/sessions"


def mint(user):
    headers = {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "Content-Type": "application/json",
        "OpenAI-Beta": "chatkit_beta=v1",
    }
    body = json.dumps({"workflow": {"id": "wf_68e5"}, "user": user}).encode()
    with urlopen(Request(SESSIONS, body, headers)) as response:
        return json.load(response)["client_secret"]
"""

UNDERSTOOD = {
    "client/route.ts": NODE_CLIENT,
    "bare/mint.ts": NODE_BARE,
    "shared/routes.ts": NODE_SHARED,
    "fetch/mint.mjs": NODE_FETCH,
    "py_client/mint.py": PYTHON_CLIENT,
    "py_key/mint.py": PYTHON_KEY,
    "py_shared/mint.py": PYTHON_SHARED,
    "py_http/mint.py": PYTHON_HTTP,
}
"""Files that are changed in full, by name."""

_MAKES = '.beta.chatkit.sessions.create({ user: "u", workflow: { id: "wf_1" } });'

NOT_UNDERSTOOD = {
    "elsewhere.ts": ("client", 2, f'import {{ openai }} from "./openai";\nopenai{_MAKES}'),
    "called.ts": ("client", 2, f'import {{ make }} from "./openai";\nmake(){_MAKES}'),
    "given.ts": ("client", 1, f"const c = new OpenAI(options);\nc{_MAKES}"),
    "spread.ts": ("client", 1, f"const c = new OpenAI({{ ...options }});\nc{_MAKES}"),
    "elsewhere.py": (
        "client",
        2,
        "from clients import c\nc.beta.chatkit.sessions.create(user=u, workflow=w)",
    ),
    "called.py": ("client", 1, "make().beta.chatkit.sessions.create(user=u, workflow=w)"),
    "stars.py": (
        "client",
        2,
        "from openai import OpenAI\nc = OpenAI(**o)\nc.beta.chatkit.sessions.create(user=u)",
    ),
    "broken.py": ("broken", 1, "c = (\nc.beta.chatkit.sessions.create(user=u)"),
    "others.mjs": (
        "sessions-address",
        1,
        'fetch("https://api.openai.com/v1/chatkit/sessions");\nfetch("https://api.openai.com/v1/responses");',
    ),
    "environment.mjs": ("sessions-address", 1, "fetch(`${process.env.BASE}/v1/chatkit/sessions`);"),
    "key.mjs": (
        "sessions-address",
        2,
        'import { OPENAI_API_KEY } from "./keys.mjs";\nfetch("https://api.openai.com/v1/chatkit/sessions");',
    ),
    "workflow.py": (
        "workflow-id",
        3,
        "from openai import OpenAI\nc = OpenAI()\n"
        'c.beta.chatkit.sessions.create(user="u", workflow={"id": "support"})',
    ),
}
"""Files that are left to a person, with the rule and the line."""
