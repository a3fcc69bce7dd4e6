import type { StatusReply } from '@clarity-runtime/api-contract';
import { get, type ApiResult } from './request.ts';

export const fetchStatus = (): Promise<ApiResult<StatusReply>> => get('/api/status');
