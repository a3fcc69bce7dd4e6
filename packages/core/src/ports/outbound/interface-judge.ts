import type { InterfaceJudgement, JudgeTask } from '../../domain/interfaces/interface-judgement.ts';

/** Compares large interfaces of services without blocking this process. */
export interface InterfaceJudge {
  /** Returns the result of `judgePacked`; undefined if the comparison did not end in time or failed. Never rejects. */
  judge(task: JudgeTask): Promise<InterfaceJudgement | undefined>;
}
