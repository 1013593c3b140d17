using System.Threading.Channels;
using Weerbaarheid.Relay.Links;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>Waiting for what must happen, with a limit that is only reached when it does not.</summary>
internal static class Eventually
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Looks until <paramref name="condition"/> holds.</summary>
    internal static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(condition, () => what);

    /// <summary>Looks until <paramref name="condition"/> holds; <paramref name="what"/> is asked only when it does not.</summary>
    internal static async Task TrueAsync(Func<bool> condition, Func<string> what)
    {
        var deadline = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
        while (!condition())
        {
            if (Environment.TickCount64 >= deadline) Assert.Fail($"Did not happen within {Limit.TotalSeconds} s: {what()}");
            await Task.Delay(5);
        }
    }

    /// <summary>Looks until what is seen fits, and gives that; <paramref name="tell"/> is asked only when it does not come to fit.</summary>
    internal static async Task<T> SeesAsync<T>(Func<Task<T>> look, Func<T, bool> fits, Func<T, string> tell)
    {
        var deadline = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
        while (true)
        {
            var seen = await look();
            if (fits(seen)) return seen;
            if (Environment.TickCount64 >= deadline) Assert.Fail($"Did not happen within {Limit.TotalSeconds} s: {tell(seen)}");
            await Task.Delay(5);
        }
    }

    /// <summary>Reads until an item of this kind comes that fits; what was read before it is gone.</summary>
    internal static async Task<T> NextAsync<T>(this ChannelReader<LinkEvent> reader, Func<T, bool>? fits = null)
        where T : LinkEvent
    {
        using var limit = new CancellationTokenSource(Limit);
        var seen = new List<string>();
        try
        {
            while (true)
            {
                var item = await reader.ReadAsync(limit.Token);
                if (item is T wanted && (fits is null || fits(wanted)))
                    return wanted;
                seen.Add(item is LinkEvent.Down down ? $"Down({down.Reason})" : item.GetType().Name);
            }
        }
        catch (OperationCanceledException)
        {
            throw new Xunit.Sdk.XunitException($"No {typeof(T).Name} within {Limit.TotalSeconds} s; saw: {string.Join(", ", seen)}");
        }
    }
}
