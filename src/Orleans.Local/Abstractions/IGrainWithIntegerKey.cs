namespace Orleans;

/// <summary>The base of interfaces of grains whose key is a <see cref="long"/>.</summary>
public interface IGrainWithIntegerKey : IGrain;
