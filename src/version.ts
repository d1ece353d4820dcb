// The program's version, kept equal to package.json by a test: reading that file at run time would cost every start.

export const version = "0.1.0";
