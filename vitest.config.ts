import { defineConfig } from "vitest/config";

/** The real program in a pseudo terminal, and what needs real sockets, children and seconds. */
const endToEnd = ["test/e2e/**", "test/lab/runner/**", "test/lab/demos/**", "test/lab/lessons/**"];

// Two projects: everything that runs inside this process, and the real program in a pseudo terminal.
export default defineConfig({
  test: {
    // One worker less than cores is the default, which leaves half of a small machine idle.
    maxWorkers: "100%",
    experimental: { fsModuleCache: true },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: endToEnd,
          // No test leaves anything behind that another could see; loading everything anew for each file would double the time.
          isolate: false,
          // Threads start sooner than processes.
          pool: "threads",
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: endToEnd.map((folder) => `${folder}/*.test.ts`),
          globalSetup: ["test/e2e/build.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Real programs on a machine that others use too; by hand every failure is shown at once.
          retry: process.env["CI"] === undefined ? 0 : 1,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
    },
  },
});
