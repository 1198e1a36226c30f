// Builds the page of tests/browser/test_moved_page.py: HOSTED_PAGE is the folder it is in, --outDir where it goes.
import { defineConfig, loadEnv } from "vite";

export default defineConfig({
  root: loadEnv("production", ".", "HOSTED_PAGE").HOSTED_PAGE,
  publicDir: false,
  build: { emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
});
