/** The whole public surface: the stock assembly, for programs that embed a runtime. */
export { stockAdapters, type RemoteOptions, type StockAdapters, type StockAdaptersOptions } from './stock-adapters.ts';
