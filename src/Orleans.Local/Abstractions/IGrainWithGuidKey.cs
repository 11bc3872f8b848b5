namespace Orleans;

/// <summary>The base of interfaces of grains whose key is a <see cref="Guid"/>.</summary>
public interface IGrainWithGuidKey : IGrain;
