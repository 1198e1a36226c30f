"""Pages written for hosted mode, in the forms in which people write them. None of them is anybody's."""

CDN = "https://cdn.platform.openai.com/deployments/chatkit/chatkit.js"

REACT_INLINE = """\
"use client";

import { ChatKit, useChatKit } from "@openai/chatkit-react";

/** The chat of the shop. */
export function Chat() {
  const { control } = useChatKit({
    api: {
      // Asked for when it is needed.
      async getClientSecret(existing) {
        // don't keep "it" here
        const response = await fetch("/api/chatkit/session", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ existing, note: `two
lines` }),
        });
        const { client_secret } = await response.json();
        return client_secret;
      },
    },
    composer: { attachments: { enabled: true } },
    startScreen: { greeting: "What's up? {/* no comment */}" },
  });

  return <ChatKit control={control} className="it's-a-chat" />;
}
"""

REACT_IMPORTED = """\
import { ChatKit, useChatKit } from "@openai/chatkit-react";
import {
  getClientSecret,
} from "./session";

export default function App() {
  const chat = useChatKit({ api: { getClientSecret } });
  return (
    <main>
      <p>Don't panic: {1 < 2 ? "it's fine" : <b>`no`</b>} // not a comment</p>
      <ChatKit control={chat.control} />
    </main>
  );
}
"""

SESSION = """\
export async function getClientSecret(current: string | null): Promise<string> {
  const response = await fetch("/session", { method: "POST", body: JSON.stringify({ current }) });
  return (await response.json()).client_secret;
}
"""

REACT_CALLBACK = """\
import { ChatKit, useChatKit } from "@openai/chatkit-react";
import { useCallback, useState } from "react";

type Props = { userId: string };

export function Chat({ userId }: Props) {
  const [asked, setAsked] = useState(0);
  const getClientSecret = useCallback(
    async (current: string | null): Promise<string> => {
      setAsked((before) => before + 1);
      const response = await fetch(`/session/${userId}`, { method: "POST", body: current });
      return response.text();
    },
    [userId],
  );

  const chat = useChatKit({
    api: { getClientSecret },
    onError: ({ error }) => console.error(asked, error),
  });
  return <ChatKit control={chat.control} />;
}
"""

REACT_OF_PROPS = """\
import { ChatKit, useChatKit } from "@openai/chatkit-react";

export function Chat({ userId }: { userId: string }) {
  // What the page shows.
  const { control } = useChatKit({
    api: {
      getClientSecret: async (current) => {
        const response = await fetch(`/session/${userId}`, { method: "POST", body: current });
        return response.text();
      },
    },
  });
  return <ChatKit control={control} />;
}
"""

REACT_LATER = """\
import { ChatKit, useChatKit } from "@openai/chatkit-react";

export const Chat = () => {
  const { control } = useChatKit({ api: { getClientSecret: ask }, history: { enabled: true } });
  return <ChatKit control={control} />;
};

const ask = async (current: string | null) => {
  const response = await fetch("/session", { method: "POST", body: current });
  return response.text();
};
"""

REACT_WINDOWS = """\
import { ChatKit, useChatKit } from '@openai/chatkit-react'

export function Chat() {
  const { control } = useChatKit({
    api: {
      async getClientSecret() {
        return (await fetch('/session', { method: 'POST' })).text()
      }
    }
  })
  return <ChatKit control={control} />
}
""".replace("\n", "\r\n")

OPTIONS_APART = """\
import type { ChatKitOptions } from "@openai/chatkit";
import { getClientSecret } from "./session";

// All pages have these.
export const options: ChatKitOptions = {
  api: { getClientSecret },
  composer: { attachments: { enabled: true } },
};
"""

VUE = """\
<template>
  <openai-chatkit ref="chat" />
  <p>Don't {{ panic }}</p>
</template>

<script setup lang="ts">
import type { OpenAIChatKit } from "@openai/chatkit";
import { onMounted, ref } from "vue";

const chat = ref<OpenAIChatKit | null>(null);
const panic = "panic";

onMounted(() => {
  chat.value?.setOptions({
    api: {
      async getClientSecret(current) {
        const response = await fetch("/session", { method: "POST", body: current });
        return response.text();
      },
    },
  });
});
</script>

<style scoped>
openai-chatkit { height: 100% }
</style>
"""

HTML_MODULE = f"""\
<!doctype html>
<html lang="en">
  <head>
    <script src="{CDN}" async></script>
    <!-- <script>chat.setOptions({{ api: {{ getClientSecret }} }})</script> -->
  </head>
  <body>
    <openai-chatkit id="chat"></openai-chatkit>
    <script type="module">
      await customElements.whenDefined("openai-chatkit");
      const chat = document.getElementById("chat");
      chat.setOptions({{
        api: {{
          async getClientSecret(current) {{
            const response = await fetch("/session", {{ method: "POST", body: current }});
            return response.text();
          }},
        }},
      }});
    </script>
  </body>
</html>
"""

HTML_CLASSIC = f"""\
<!doctype html>
<SCRIPT src='{CDN}' defer nonce="abc"></SCRIPT>
<openai-chatkit id="chat"></openai-chatkit>
<script>
  function getClientSecret(current) {{
    return fetch("/session", {{ method: "POST", body: current }}).then(function (r) {{ return r.text() }})
  }}
  customElements.whenDefined("openai-chatkit").then(function () {{
    document.getElementById("chat").setOptions({{ api: {{ getClientSecret: getClientSecret }} }})
  }})
</script>
"""

SCRIPT_IN_FUNCTION = """\
export function open(element, userId) {
  const path = "/session/" + userId;
  if (element) {
    element.setOptions({
      api: {
        getClientSecret: () => fetch(path, { method: "POST" }).then((response) => response.text()),
      },
    });
  }
}
"""

NEXT_LAYOUT = f"""\
import Script from "next/script";
import type {{ ReactNode }} from "react";

export default function RootLayout({{ children }}: {{ children: ReactNode }}) {{
  return (
    <html lang="en">
      <head>
        <Script src="{CDN}" strategy="beforeInteractive" />
      </head>
      <body>{{children}}</body>
    </html>
  );
}}
"""

ELEMENT_BY_SCRIPT = f"""\
export function load() {{
  const script = document.createElement("script");
  script.src = "{CDN}";
  document.head.append(script);
}}
"""

REACT_SHADOWING = """\
import { ChatKit, useChatKit } from "@openai/chatkit-react";

const userId = "guest";

export function Chat({ userId }: { userId: string }) {
  const { control } = useChatKit({
    api: {
      getClientSecret: async () => (await fetch(`/session/${userId}`, { method: "POST" })).text(),
    },
  });
  return <ChatKit control={control} />;
}

export const guest = userId;
"""

REACT_CALLED = """\
import { ChatKit, useChatKit } from "@openai/chatkit-react";
import { useCallback } from "react";
import { getClientSecret } from "./session";

export function Chat() {
  const { control } = useChatKit({
    api: { getClientSecret: useCallback(async (current) => getClientSecret(current), []) },
  });
  return <ChatKit control={control} />;
}
"""

UNDERSTOOD = {
    "inline/Chat.tsx": REACT_INLINE,
    "imported/App.tsx": REACT_IMPORTED,
    "imported/session.ts": SESSION,
    "callback/Chat.tsx": REACT_CALLBACK,
    "props/Chat.tsx": REACT_OF_PROPS,
    "called/Chat.tsx": REACT_CALLED,
    "shadowing/Chat.tsx": REACT_SHADOWING,
    "called/session.ts": SESSION,
    "later/Chat.tsx": REACT_LATER,
    "windows/Chat.jsx": REACT_WINDOWS,
    "apart/options.ts": OPTIONS_APART,
    "apart/session.ts": SESSION,
    "vue/Chat.vue": VUE,
    "html/module.html": HTML_MODULE,
    "html/classic.html": HTML_CLASSIC,
    "script/open.mjs": SCRIPT_IN_FUNCTION,
}
"""Files that are changed in full, by name."""

NOT_UNDERSTOOD = {
    "elsewhere.tsx": (2, 'import x from "x";\nconst api = { getClientSecret: ask };\nuseChatKit({ api });'),
    "returned.ts": (1, "export const make = () => ({ getClientSecret: () => secret });"),
    "spread.tsx": (2, 'import x from "x";\nuseChatKit({ api: { ...base, getClientSecret } });'),
    "beside.ts": (2, 'import x from "x";\nuseChatKit({ api: { getClientSecret, domainKey: "dk" } });'),
    "getter.ts": (2, 'import x from "x";\nuseChatKit({ api: { get getClientSecret() { return ask } } });'),
    "this.ts": (2, 'import x from "x";\nuseChatKit({ api: { getClientSecret() { return this.x } } });'),
    "awaited.ts": (2, 'import x from "x";\nsetOptions({ api: { getClientSecret: await make() } });'),
    "memo.tsx": (
        3,
        "export function Chat({ ask }) {\n  const o = useMemo(() => ({\n    api: { getClientSecret: ask },\n"
        "  }), []);\n  return useChatKit(o);\n}",
    ),
    "branch.tsx": (
        3,
        "export function Chat({ ask }) {\n  if (ask) {\n    useChatKit({ api: { getClientSecret: ask } });\n"
        "  }\n}",
    ),
    "perhaps.tsx": (
        2,
        "export function Chat({ ask }) {\n  const c = ask && useChatKit({ api: { getClientSecret: ask } });\n"
        "}",
    ),
    "case.js": (
        4,
        "export function f(k, ask) {\n  switch (k) {\n    case 1:\n"
        "      chat.setOptions({ api: { getClientSecret: ask } });\n  }\n}",
    ),
    "nested.js": (
        None,
        "export const a = () => 1;\nchat.setOptions({ api: { getClientSecret() {\n"
        "  chat.setOptions({ api: { getClientSecret } });\n} } });",
    ),
    "template.html": (1, '<openai-chatkit options="{ api: { getClientSecret } }"></openai-chatkit>'),
    "built.js": (1, f"x;{'a();' * 300}chat.setOptions({{api:{{getClientSecret:a}}}});"),
    "open.js": (2, "import x from 'x';\nchat.setOptions({ api: { getClientSecret }"),
}
"""Files that are left to a person, with the line that is named."""
