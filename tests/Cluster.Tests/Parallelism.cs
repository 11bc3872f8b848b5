// Each test has a database and several silos of its own, and some measure time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
