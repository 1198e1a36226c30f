/**
 * The client secret of a session: asked for when it is first needed, renewed when the server refuses it. However
 * many requests are refused at once, it is renewed once for all of them.
 */
import type { GetClientSecret } from "./published/chatkit-fetch";

export class ClientSecret {
  readonly #ask: GetClientSecret;
  #current: Promise<string> | null = null;

  constructor(ask: GetClientSecret) {
    this.#ask = ask;
  }

  /** The secret for a request. One that could not be had is asked for again by the next request. */
  get(): Promise<string> {
    return this.#current ?? this.#renew(null);
  }

  /** Another one than `refused`, which `get` has given: the newer one where there is one by now. */
  after(refused: Promise<string>): Promise<string> {
    if (this.#current !== refused) return this.get();
    return this.#renew(refused);
  }

  #renew(refused: Promise<string> | null): Promise<string> {
    const asked = Promise.resolve(refused).then((old) => this.#ask(old));
    this.#current = asked;
    asked.catch(() => {
      if (this.#current === asked) this.#current = null;
    });
    return asked;
  }
}
