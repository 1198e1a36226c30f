// Builds the element as one self-contained module, /chatkit.js, beside the page that vite.config.ts built before.
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../app/static",
    emptyOutDir: false,
    target: "es2022",
    license: { fileName: "licenses/element.md" },
    lib: { entry: "src/element/index.ts", formats: ["es"], fileName: () => "chatkit.js" },
    rolldownOptions: { output: { codeSplitting: false } },
  },
});
