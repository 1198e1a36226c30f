/** Whether an address from the server may be used as the source of an image. */
export function isLoadable(src: unknown): src is string {
  if (typeof src !== "string") return false;
  return /^(https?:|blob:|data:image\/(?!svg))/i.test(src) || /^\/(?!\/)/.test(src);
}
