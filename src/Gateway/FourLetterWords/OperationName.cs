using Coordination.Protocol;

namespace Coordination.Gateway.FourLetterWords;

/// <summary>The four letters that ZooKeeper has for an operation in <c>cons</c>.</summary>
internal static class OperationName
{
    /// <summary>The name of an operation; <c>NA</c> where there was none, or it has no name.</summary>
    public static string Of(OperationCode? operation) => (int?)operation switch
    {
        -11 => "CLOS",
        -10 => "SESS",
        1 or 15 or 19 or 21 => "CREA",
        2 => "DELE",
        3 => "EXIS",
        4 => "GETD",
        5 => "SETD",
        6 => "GETA",
        7 => "SETA",
        8 or 12 => "GETC",
        9 => "SYNC",
        11 => "PING",
        13 => "CHEC",
        14 => "MULT",
        16 => "RECO",
        17 => "CHKW",
        18 => "REMW",
        22 => "MLTR",
        100 => "AUTH",
        101 => "SETW",
        102 => "SASL",
        103 => "GETE",
        104 => "GETACN",
        105 => "STW2",
        106 => "ADDW",
        107 => "HOMI",
        _ => "NA",
    };
}
