// Builds the page of tests/browser/test_moved_page.py, which names the folder to build it into.
import { defineConfig } from "vite";

export default defineConfig({
  root: "tests/hosted-page",
  publicDir: false,
  build: { emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
});
