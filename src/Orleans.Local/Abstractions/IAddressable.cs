namespace Orleans.Runtime;

/// <summary>Whatever calls can be addressed to: grains and observers.</summary>
public interface IAddressable;
