/** First byte of the output of the transpiler: a program follows, or the reason of a refusal as text. */
export const Outcome = { refused: 0, program: 1 } as const;
