// Builds chatkitFetch and withClientSecret as one module, /chatkit-fetch.js, and lays its types beside it. Left readable, comments and all:
// pages may take a copy of it.
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: "src/fetch/published",
  build: {
    outDir: "../app/static",
    emptyOutDir: false,
    target: "es2022",
    minify: false,
    lib: { entry: "src/fetch/index.ts", formats: ["es"], fileName: () => "chatkit-fetch.js" },
    rolldownOptions: {
      output: {
        banner:
          "// chatkitFetch and withClientSecret of chatkit-server, MIT licence. What they do is said above them.",
      },
    },
  },
});
