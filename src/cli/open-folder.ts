// Shows the folder of a received thing in the system's own file window. Nothing of it is opened itself.
import { spawn } from "node:child_process";
import { dirname } from "node:path";

const programs: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: "open", win32: "explorer" };

/** Does nothing where there is no such window: the path stands on the screen. */
export const openFolder = (path: string): void => {
  const child = spawn(programs[process.platform] ?? "xdg-open", [dirname(path)], {
    stdio: "ignore",
    detached: true,
  });
  child.on("error", () => undefined);
  child.unref();
};
