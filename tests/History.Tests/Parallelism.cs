// A run has several silos of its own, and loads the machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
