// Chance from outside: real in the program, seeded in tests and lessons.

export interface Random {
  /** Uniform in 0 … 2^32 - 1. */
  uint32(): number;
}
