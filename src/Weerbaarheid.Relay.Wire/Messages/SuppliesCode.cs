using System.Runtime.CompilerServices;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>Stock as one number: five times three bits, water lowest; 7 stands for unknown (FORMAT.md §7).</summary>
internal static class SuppliesCode
{
    /// <summary>Nothing is known; also the largest number there is.</summary>
    public const int AllUnknown = 0x7FFF;

    /// <summary>The lowest bit of each of the five.</summary>
    private const uint Lowest = 0b001_001_001_001_001;

    /// <returns>The number, or more than <see cref="AllUnknown"/> when a stock is outside its range.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Pack(in Supplies value)
    {
        var bits = Three(value.Water) | (Three(value.Food) << 3) | (Three(value.FirstAid) << 6) | (Three(value.Fuel) << 9) | (Three(value.Heat) << 12);
        // 3 more than 0 to 4 stays below 8, and nothing else does: one comparison for all five.
        var above = Above(value.Water) | Above(value.Food) | Above(value.FirstAid) | Above(value.Fuel) | Above(value.Heat);
        return above < 8 ? bits : uint.MaxValue;
    }

    /// <summary>Whether each of the five is 0 to 4 or 7; 5 and 6 are the ones whose high bit comes with just one of the others.</summary>
    public static bool IsValid(uint bits) => ((bits >> 2) & ((bits >> 1) ^ bits) & Lowest) == 0;

    public static Supplies Unpack(uint bits) => new(Stock(bits), Stock(bits >> 3), Stock(bits >> 6), Stock(bits >> 9), Stock(bits >> 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Three(int? stock) => stock.HasValue ? (uint)stock.GetValueOrDefault() : 7u;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Above(int? stock) => (uint)stock.GetValueOrDefault() + (7UL - MessageLimits.Supply);

    private static int? Stock(uint bits) => (bits & 7) == 7 ? null : (int)(bits & 7);
}
