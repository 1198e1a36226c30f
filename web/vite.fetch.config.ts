// Builds chatkitFetch as one module, /chatkit-fetch.js, and lays its types beside it. Left readable, comments and all:
// pages may take a copy of it.
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: "src/fetch/published",
  build: {
    outDir: "../app/static",
    emptyOutDir: false,
    target: "es2022",
    minify: false,
    lib: { entry: "src/fetch/chatkit-fetch.ts", formats: ["es"], fileName: () => "chatkit-fetch.js" },
    rolldownOptions: {
      output: {
        banner:
          "// chatkitFetch of chatkit-server, MIT licence. What it does is said above its last function.",
      },
    },
  },
});
