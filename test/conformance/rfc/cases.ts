import type { Case } from './case.ts';
import { answers } from './cases/answers.ts';
import { connection } from './cases/connection.ts';
import { framing } from './cases/framing.ts';
import { interim } from './cases/interim.ts';
import { message } from './cases/message.ts';
import { target } from './cases/target.ts';

/** The whole table, by number. */
export const cases: readonly Case[] = [message, target, framing, answers, connection, interim].flat();
