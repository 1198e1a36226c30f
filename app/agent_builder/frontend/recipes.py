"""The changes in general: for a page in React, in plain script, with our element, and for the back-end."""

import json

REACT = """\
import {{ ChatKit, useChatKit }} from "@openai/chatkit-react";
import {{ chatkitFetch, withClientSecret }} from "./chatkit-fetch.js";

// Made once for the page, not once for each rendering. Your getClientSecret stays as it is.
const chatFetch = chatkitFetch({{ fetch: withClientSecret(getClientSecret, {server}) }});

export function Chat() {{
  const {{ control }} = useChatKit({{
    // before: api: {{ getClientSecret }}
    api: {{
      url: {endpoint},
      domainKey: {domain_key},
      fetch: chatFetch,
      uploadStrategy: {{ type: "two_phase" }},
    }},
  }});
  return <ChatKit control={{control}} style={{{{ height: "100dvh" }}}} />;
}}
"""

SCRIPT = """\
<script type="module">
  import {{ chatkitFetch, withClientSecret }} from {helper};

  const chat = document.querySelector("openai-chatkit");
  const fetch = chatkitFetch({{
    fetch: withClientSecret(getClientSecret, {server}),
    fetchUpdates: () => chat.fetchUpdates(),
  }});
  // before: api: {{ getClientSecret }}
  chat.setOptions({{
    api: {{
      url: {endpoint},
      domainKey: {domain_key},
      fetch,
      uploadStrategy: {{ type: "two_phase" }},
    }},
  }});
</script>
"""

OUR_ELEMENT = """\
<!-- before: <script src="https://cdn.platform.openai.com/deployments/chatkit/chatkit.js" async></script> -->
<script type="module" src={element}></script>
<script type="module">
  // As it was: the element talks to the server that it came from.
  document.querySelector("openai-chatkit").setOptions({{ api: {{ getClientSecret }} }});
</script>
"""

PYTHON = """\
import os

from openai import OpenAI

# before: client = OpenAI()
client = OpenAI(base_url={api}, api_key=os.environ["CHATKIT_SERVER_KEY"])
session = client.beta.chatkit.sessions.create(user=user, workflow={{"id": "wf_68e5"}})
"""

NODE = """\
import OpenAI from "openai";

// before: const client = new OpenAI();
const client = new OpenAI({{ baseURL: {api}, apiKey: process.env.CHATKIT_SERVER_KEY }});
const session = await client.beta.chatkit.sessions.create({{ user, workflow: {{ id: "wf_68e5" }} }});
"""

TITLES = {
    "react": "React (@openai/chatkit-react): one object",
    "script": "Plain script (<openai-chatkit>): one object",
    "our-element": "Our element instead of OpenAI's: another script, and the options stay",
    "python": "The back-end that has sessions made, in Python: another address, another key",
    "node": "The same in Node.js",
}


def recipes(server: str, domain_key: str) -> dict[str, str]:
    """Return every recipe by name, for a server and a domain key."""
    texts = {"react": REACT, "script": SCRIPT, "our-element": OUR_ELEMENT, "python": PYTHON, "node": NODE}
    values = {
        "server": server,
        "endpoint": f"{server}/chatkit",
        "helper": f"{server}/chatkit-fetch.js",
        "element": f"{server}/chatkit.js",
        "api": f"{server}/v1",
        "domain_key": domain_key,
    }
    quoted = {name: json.dumps(value) for name, value in values.items()}
    return {name: text.format(**quoted) for name, text in texts.items()}
