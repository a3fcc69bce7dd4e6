/** The whole public surface: the stock assembly and its status page, for programs that embed a runtime. */
export { statusPageFolder } from './composition/status-page-folder.ts';
export {
  stockAdapters,
  type RemoteOptions,
  type StockAdapters,
  type StockAdaptersOptions,
} from './composition/stock-adapters.ts';
