/**
 * A page that was written for OpenAI's hosted ChatKit, after the change of one object: `api`. Its session route, its
 * `getClientSecret` and everything else are as they were. `tests/browser/test_moved_page.py` serves and drives it.
 */
import { ChatKit, useChatKit } from "@openai/chatkit-react";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { chatkitFetch } from "../../src/fetch/chatkit-fetch";
import { withClientSecret } from "../../src/fetch/with-client-secret";

async function getClientSecret(current: string | null): Promise<string> {
  const response = await fetch("/api/create-session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ current }),
  });
  const { client_secret } = await response.json();
  return client_secret;
}

function Chat({ ours }: { ours: string }) {
  const [api] = useState(() => ({
    url: `${ours}/chatkit`,
    domainKey: "domain_pk_1",
    uploadStrategy: { type: "two_phase" } as const,
    fetch: chatkitFetch({ fetch: withClientSecret(getClientSecret, ours) }),
  }));
  const { control } = useChatKit({
    api,
    initialThread: new URLSearchParams(location.search).get("thread"),
    composer: { attachments: { enabled: true } },
    history: { enabled: true },
    onThreadChange: ({ threadId }) => {
      if (threadId) history.replaceState(null, "", `?thread=${encodeURIComponent(threadId)}`);
    },
  });
  return <ChatKit control={control} />;
}

const ours = document.documentElement.dataset.ours;
const root = document.getElementById("root");
if (ours && root) createRoot(root).render(<Chat ours={ours} />);
