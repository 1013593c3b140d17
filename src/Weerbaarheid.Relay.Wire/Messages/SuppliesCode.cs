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
    public static uint Pack(in Supplies value) =>
        Three(value.Water) | (Three(value.Food) << 3) | (Three(value.FirstAid) << 6) | (Three(value.Fuel) << 9) | (Three(value.Heat) << 12);

    /// <summary>Whether each of the five is 0 to 4 or 7; 5 and 6 are the ones whose high bit comes with just one of the others.</summary>
    public static bool IsValid(uint bits) => ((bits >> 2) & ((bits >> 1) ^ bits) & Lowest) == 0;

    public static Supplies Unpack(uint bits) => new(Stock(bits), Stock(bits >> 3), Stock(bits >> 6), Stock(bits >> 9), Stock(bits >> 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Three(int? stock)
    {
        var value = (uint)stock.GetValueOrDefault(7);
        return value <= MessageLimits.Supply || !stock.HasValue ? value : 1u << 16;
    }

    private static int? Stock(uint bits) => (bits & 7) == 7 ? null : (int)(bits & 7);
}
