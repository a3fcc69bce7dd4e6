/** The stock adapters and the status page, for programs that embed a runtime. */
export { statusPageFolder } from './composition/status-page-folder.ts';
export {
  stockAdapters,
  type RemoteOptions,
  type StockAdapters,
  type StockAdaptersOptions,
} from './composition/stock-adapters.ts';
