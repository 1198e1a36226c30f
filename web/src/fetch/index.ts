/** What pages load as /chatkit-fetch.js. */
export { chatkitFetch } from "./chatkit-fetch";
export { withClientSecret } from "./with-client-secret";
