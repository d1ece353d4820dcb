// Where this instance keeps its files: where the platform expects them (XDG on Linux), or everything below one folder with
// `--home DIR` or FEIYAN_HOME. Makes no folder and reads no file.
import { join, resolve } from "node:path";
import envPaths from "env-paths";

export interface Paths {
  /** The user's settings file; never written by the program. */
  readonly configFile: string;
  /** Messages and received files. */
  readonly dataDir: string;
  /** What the program remembers by itself, e.g. packet numbers. */
  readonly stateDir: string;
  readonly cacheDir: string;
}

/**
 * The folders of an instance.
 *
 * @example locatePaths("/tmp/a").configFile === "/tmp/a/config.toml"
 */
export const locatePaths = (home: string): Paths => {
  if (home !== "") {
    const root = resolve(home);
    return {
      configFile: join(root, "config.toml"),
      dataDir: join(root, "data"),
      stateDir: join(root, "state"),
      cacheDir: join(root, "cache"),
    };
  }
  const platform = envPaths("feiyan", { suffix: "" });
  return {
    configFile: join(platform.config, "config.toml"),
    dataDir: platform.data,
    // The package calls it `log`, but on Linux it is XDG_STATE_HOME: the place for what may be lost without harm.
    stateDir: platform.log,
    cacheDir: platform.cache,
  };
};
