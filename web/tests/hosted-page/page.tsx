/**
 * A page written for OpenAI's hosted ChatKit, as it was. `tests/browser/test_moved_page.py` has `chatkit-server
 * agent-builder frontend` move it to this server, and drives what comes of it.
 */
import { ChatKit, useChatKit } from "@openai/chatkit-react";
import { createRoot } from "react-dom/client";

function Chat() {
  const { control } = useChatKit({
    api: {
      async getClientSecret(current) {
        const response = await fetch("/api/create-session", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ current }),
        });
        const { client_secret } = await response.json();
        return client_secret;
      },
    },
    initialThread: new URLSearchParams(location.search).get("thread"),
    composer: { attachments: { enabled: true } },
    history: { enabled: true },
    onThreadChange: ({ threadId }) => {
      if (threadId) history.replaceState(null, "", `?thread=${encodeURIComponent(threadId)}`);
    },
  });
  return <ChatKit control={control} />;
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<Chat />);
