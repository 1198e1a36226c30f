/** Keeps the open thread in the page's address, so that a reload or a bookmark comes back to it. */

const PARAMETER = "thread";

export function threadInAddress(): string | null {
  return new URLSearchParams(location.search).get(PARAMETER);
}

export function rememberThread(threadId: string | null): void {
  const url = new URL(location.href);
  if (threadId === null) url.searchParams.delete(PARAMETER);
  else url.searchParams.set(PARAMETER, threadId);
  history.replaceState(null, "", url);
}
