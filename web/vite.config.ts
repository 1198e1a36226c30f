// Builds the try-it page. The element is a build of its own (vite.element.config.ts): other pages load it by address.
import { defineConfig, loadEnv } from "vite";

const server = loadEnv("development", ".", "CHATKIT_DEV_").CHATKIT_DEV_SERVER ?? "http://127.0.0.1:8000";

export default defineConfig({
  build: {
    outDir: "../app/static",
    emptyOutDir: true,
    target: "es2022",
    license: { fileName: "licenses/page.md" },
    // An inlined asset is a data: address, which `default-src 'self'` refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "^/chatkit(/|$)": server, "/config.json": server },
  },
});
