using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Coordination.Gateway.Tls;

/// <summary>Writes a certificate's subject as Java's <c>X500Principal.getName()</c> does, which is the id of ZooKeeper's
/// scheme x509: RFC 2253, with only that RFC's keywords.</summary>
internal static class SubjectName
{
    private const string Escaped = ",=+<>#;\"\\";

    private static readonly Dictionary<string, string> _keywords = new()
    {
        ["2.5.4.3"] = "CN",
        ["2.5.4.6"] = "C",
        ["2.5.4.7"] = "L",
        ["2.5.4.8"] = "ST",
        ["2.5.4.9"] = "STREET",
        ["2.5.4.10"] = "O",
        ["2.5.4.11"] = "OU",
        ["0.9.2342.19200300.100.1.1"] = "UID",
        ["0.9.2342.19200300.100.1.25"] = "DC",
    };

    /// <summary>The subject's name, its last part first.</summary>
    public static string Of(X509Certificate2 certificate)
    {
        var parts = new List<string>();
        var names = new AsnReader(certificate.SubjectName.RawData, AsnEncodingRules.BER).ReadSequence();
        while (names.HasData)
            parts.Add(ReadPart(names.ReadSetOf(skipSortOrderValidation: true)));
        parts.Reverse();
        return string.Join(',', parts);
    }

    private static string ReadPart(AsnReader set)
    {
        var attributes = new List<string>();
        while (set.HasData)
        {
            var attribute = set.ReadSequence();
            string type = attribute.ReadObjectIdentifier();
            attributes.Add(_keywords.TryGetValue(type, out string? keyword) && ReadText(attribute) is { } text
                ? $"{keyword}={Escape(text)}"
                : $"{keyword ?? type}=#{Convert.ToHexStringLower(attribute.ReadEncodedValue().Span)}");
        }
        return string.Join('+', attributes);
    }

    // Null where the value is no text.
    private static string? ReadText(AsnReader attribute) => attribute.PeekTag() is { TagClass: TagClass.Universal } tag
        && (UniversalTagNumber)tag.TagValue is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString
            or UniversalTagNumber.IA5String or UniversalTagNumber.BMPString or UniversalTagNumber.T61String
            ? attribute.ReadCharacterString((UniversalTagNumber)attribute.PeekTag().TagValue)
            : null;

    private static string Escape(string text)
    {
        int firstKept = text.Length - text.TrimStart(' ').Length;
        int lastKept = text.TrimEnd(' ').Length - 1;
        var escaped = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0')
            {
                escaped.Append("\\00");
                continue;
            }
            if (i < firstKept || i > lastKept || Escaped.Contains(text[i]))
                escaped.Append('\\');
            escaped.Append(text[i]);
        }
        return escaped.ToString();
    }
}
