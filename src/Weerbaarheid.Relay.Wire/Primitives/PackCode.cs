namespace Weerbaarheid.Relay.Wire.Primitives;

/// <summary>The first byte of a MessagePack value (spec.md "Formats", github.com/msgpack/msgpack).</summary>
internal static class PackCode
{
    public const byte MaxPositiveFixInt = 0x7F;
    public const byte FixMap = 0x80;
    public const byte FixArray = 0x90;

    /// <summary>Elements in the largest array with a header of one byte.</summary>
    public const byte MaxFixArray = 0x0F;
    public const byte FixStr = 0xA0;
    public const byte Nil = 0xC0;

    /// <summary>The one code that the specification says is never used.</summary>
    public const byte NeverUsed = 0xC1;

    public const byte False = 0xC2;
    public const byte True = 0xC3;
    public const byte Bin8 = 0xC4;
    public const byte Bin16 = 0xC5;
    public const byte Bin32 = 0xC6;
    public const byte Ext8 = 0xC7;
    public const byte Ext32 = 0xC9;
    public const byte Float32 = 0xCA;
    public const byte Float64 = 0xCB;
    public const byte UInt8 = 0xCC;
    public const byte UInt16 = 0xCD;
    public const byte UInt32 = 0xCE;
    public const byte UInt64 = 0xCF;
    public const byte Int8 = 0xD0;
    public const byte Int16 = 0xD1;
    public const byte Int32 = 0xD2;
    public const byte Int64 = 0xD3;
    public const byte FixExt1 = 0xD4;
    public const byte FixExt16 = 0xD8;
    public const byte Str8 = 0xD9;
    public const byte Str16 = 0xDA;
    public const byte Str32 = 0xDB;
    public const byte Array16 = 0xDC;
    public const byte Array32 = 0xDD;
    public const byte Map16 = 0xDE;
    public const byte Map32 = 0xDF;
    public const byte MinNegativeFixInt = 0xE0;

    /// <summary>The family that a first byte belongs to.</summary>
    public static PackKind KindOf(byte code) => code switch
    {
        <= MaxPositiveFixInt or >= MinNegativeFixInt or (>= UInt8 and <= Int64) => PackKind.WholeNumber,
        < FixArray or Map16 or Map32 => PackKind.Map,
        < FixStr or Array16 or Array32 => PackKind.Array,
        < Nil or (>= Str8 and <= Str32) => PackKind.Text,
        Nil => PackKind.Nil,
        False or True => PackKind.Boolean,
        >= Bin8 and <= Bin32 => PackKind.Binary,
        Float32 or Float64 => PackKind.Fraction,
        NeverUsed => PackKind.None,
        _ => PackKind.Extension,
    };
}

/// <summary>The families of MessagePack values.</summary>
public enum PackKind : byte
{
    /// <summary>Nothing stands here, or the code that is never used.</summary>
    None,
    Nil,
    Boolean,
    WholeNumber,
    Fraction,
    Text,
    Binary,
    Array,
    Map,
    Extension,
}

/// <summary>What came of reading one value.</summary>
public enum PackOutcome : byte
{
    Read,

    /// <summary>Another kind of value stands here, or one that does not fit the type asked for.</summary>
    Mismatch,

    /// <summary>The value claims more bytes than there are.</summary>
    Truncated,

    /// <summary>Arrays within arrays beyond <see cref="PackReader.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>A text that is not UTF-8.</summary>
    NotText,
}
