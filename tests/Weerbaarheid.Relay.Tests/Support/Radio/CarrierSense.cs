namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>
/// Listens before it sends: waits until the air was clear for two slots and then for a random number of slots more, and begins
/// counting again whenever somebody else begins. The figures are of the order that the RNode firmware uses, not taken from it.
/// </summary>
/// <param name="slots">The most slots that are waited at random, less one; 1 for no randomness.</param>
internal sealed class CarrierSense(RadioChannel channel, RadioStation station, int slots)
{
    private const int ClearSlots = 2;

    /// <summary>Channel time between two looks.</summary>
    internal static TimeSpan Slot { get; } = TimeSpan.FromMilliseconds(24);

    /// <summary>Calls <paramref name="clear"/> when it may send, with the channel's lock held.</summary>
    /// <param name="tuning">Asked at every look, as it may change; null gives up.</param>
    internal void WhenClear(Func<LoRaTuning?> tuning, Action clear) => Look(tuning, clear, ClearSlots + channel.Draw(slots));

    private void Look(Func<LoRaTuning?> tuning, Action clear, int left)
    {
        if (tuning() is not { } current) return;
        if (channel.IsBusy(station, current)) left = ClearSlots + channel.Draw(slots);
        else if (left-- == 0)
        {
            clear();
            return;
        }

        channel.After(Slot, () => Look(tuning, clear, left));
    }
}
