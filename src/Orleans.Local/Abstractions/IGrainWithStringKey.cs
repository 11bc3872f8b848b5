namespace Orleans;

/// <summary>The base of interfaces of grains whose key is a string that is neither empty nor blank.</summary>
public interface IGrainWithStringKey : IGrain;
