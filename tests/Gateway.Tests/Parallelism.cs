// Most of the time goes by in waiting, for sessions to expire and processes to start: more tests than processors.
[assembly: CollectionBehavior(MaxParallelThreads = 6)]
