using Orleans.Runtime;

namespace Orleans;

/// <summary>
/// The base of all grain interfaces. Their methods return <see cref="Task"/>, <see cref="Task{TResult}"/>,
/// <see cref="ValueTask"/> or <see cref="ValueTask{TResult}"/>, or nothing, which makes them one-way.
/// </summary>
public interface IGrain : IAddressable;
