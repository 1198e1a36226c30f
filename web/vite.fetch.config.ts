// Builds chatkitFetch as one module, /chatkit-fetch.js. Left readable, comments and all: pages may take a copy of it.
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../app/static",
    emptyOutDir: false,
    target: "es2022",
    minify: false,
    lib: { entry: "src/fetch/chatkit-fetch.ts", formats: ["es"], fileName: () => "chatkit-fetch.js" },
  },
});
