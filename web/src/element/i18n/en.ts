/** English. Every other language has the same shape. */
export const en = {
  title: "Chat",
  newThread: "New chat",
  untitled: "New chat",
  greeting: "What can I help with today?",

  composerPlaceholder: "Message the AI",
  composerLabel: "Message",
  send: "Send message",
  stop: "Stop",
  removeTag: (name: string) => `Remove ${name}`,
  quote: "Quote",
  removeReply: "Remove quote",
  lockedPlaceholder: "This chat is locked",
  closedBanner: "This chat is closed.",
  tools: "Tools",
  noTool: "No tool",
  model: "Model",

  userSaid: "You said",
  assistantSaid: "Answer",
  thinking: "Thinking",
  reconnecting: "Reconnecting",
  reconnect: "Reconnect",
  answering: "The answer is being written",
  loading: "Loading",
  scrollToLatest: "Scroll to the latest message",
  earlier: "Load earlier messages",
  sources: (count: number) => (count === 1 ? "1 source" : `${count} sources`),
  source: (place: number, title: string) => `Source ${place}: ${title}`,

  copy: "Copy",
  copied: "Copied",
  copyFailed: "Copying is not allowed here",
  retry: "Try again",
  goodAnswer: "Good answer",
  badAnswer: "Bad answer",
  edit: "Edit",
  notSent: "Not sent",

  reasoningRunning: "Thinking",
  workflowRunning: "Working",
  reasoningDone: "Thought for a moment",
  worked: (seconds: number) => (seconds < 1 ? "Worked for a moment" : `Worked for ${spell(seconds)}`),
  workflowDone: (count: number) => (count === 1 ? "1 step" : `${count} steps`),
  duration: (seconds: number) => (seconds < 1 ? "Thought for a moment" : `Thought for ${spell(seconds)}`),
  taskLoading: "in progress",
  taskDone: "done",
  webSearch: "Searching the web",
  fileSearch: "Reading files",
  imageTask: "Working on an image",
  thought: "Thinking",
  task: "Step",

  imageAlt: "Generated image",
  imageLoading: "Creating image",
  imageBlocked: "Image not shown",
  widgetFallback: "Shown as text",
  unknownItem: "This part of the chat cannot be shown here.",
  question: "The assistant asks",
  skipped: "Skipped",
  unanswered: "Reply with a message to answer.",

  failure: "Something went wrong. Please try again.",
  failureRequest: "The server did not accept this.",
  failureConnection: "The server cannot be reached. Check your connection and try again.",
  failureConnectionLost: "The connection was lost. What had arrived is kept.",
  failureConnectionGone: "The connection could not be restored. The answer may have gone on without you.",
  failureLoad: "This chat could not be loaded.",
  failureHistory: "Your chats could not be loaded.",
  notConfigured: "The chat is not set up correctly",

  history: "Chats",
  openHistory: "Show chats",
  closeHistory: "Close",
  historyEmpty: "Your chats will appear here.",
  historyMore: "Show more",
  rename: "Rename",
  renameLabel: "Name of the chat",
  save: "Save",
  cancel: "Cancel",
  delete: "Delete",
  deleteQuestion: "Delete this chat?",
  openThread: (title: string) => `Open ${title}`,
  renameThread: (title: string) => `Rename ${title}`,
  deleteThread: (title: string) => `Delete ${title}`,
};

export type Strings = typeof en;

function spell(seconds: number): string {
  if (seconds < 60) return seconds === 1 ? "1 second" : `${Math.round(seconds)} seconds`;
  const minutes = Math.floor(seconds / 60);
  const rest = Math.round(seconds % 60);
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}
