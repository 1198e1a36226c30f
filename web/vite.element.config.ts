// Builds the element as one self-contained module, /chatkit.js, beside the page that vite.config.ts built before.
// Not Vite's library mode: that leaves the white space in, and this file is for browsers, not for other builds.
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../app/static",
    emptyOutDir: false,
    target: "es2022",
    license: { fileName: "licenses/element.md" },
    modulePreload: false,
    rolldownOptions: {
      input: "src/element/index.ts",
      output: { entryFileNames: "chatkit.js", codeSplitting: false },
    },
  },
});
