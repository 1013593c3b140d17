using System.Net;
using Weerbaarheid.Relay.Pages.Roles;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages.Roles;

public sealed class PinPaceTests
{
    private static readonly IPAddress Hostile = IPAddress.Parse("192.168.4.66"), Volunteer = IPAddress.Parse("192.168.4.7");

    private readonly ManualTime _time = new();
    private readonly PinPace _pace;

    public PinPaceTests() => _pace = new PinPace(_time);

    [Fact]
    public void Who_mistypes_goes_on_and_who_guesses_waits_longer_and_longer()
    {
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 14; i++)
        {
            Assert.Null(_pace.Take(Hostile));
            var wait = _pace.Take(Hostile)!.Value;
            waits.Add(wait);
            _time.Advance(wait);
        }

        Assert.True(waits[2] <= TimeSpan.FromSeconds(1));
        Assert.Equal(waits.Order(), waits);
        Assert.Equal(PinPace.Longest, waits[^1]);
    }

    [Fact]
    public void A_day_of_guessing_from_one_address_is_a_few_hundred_tries()
    {
        var (tries, end) = (0, _time.Now + TimeSpan.FromDays(1));
        while (_time.Now < end)
        {
            if (_pace.Take(Hostile) is { } wait) _time.Advance(wait);
            else tries++;
        }

        Assert.InRange(tries, 50, 300);
    }

    [Fact]
    public void One_hostile_phone_shuts_nobody_else_out()
    {
        for (var i = 0; i < 1000; i++) _pace.Take(Hostile);
        Assert.NotNull(_pace.Take(Hostile));
        Assert.Null(_pace.Take(Volunteer));
        Assert.Null(_pace.Take(IPAddress.Loopback));
    }

    [Fact]
    public void Many_addresses_are_no_way_around_it_and_who_was_in_before_still_comes_in()
    {
        Assert.Null(_pace.Take(Volunteer));
        _pace.Right(Volunteer);

        var taken = Enumerable.Range(0, 5000).Count(i => _pace.Take(new IPAddress([10, 1, (byte)(i >> 8), (byte)i])) is null);
        Assert.Equal(PinPace.Together - 1, taken);
        Assert.Null(_pace.Take(Volunteer));
        Assert.Null(_pace.Take(IPAddress.Loopback));

        _time.Advance(PinPace.OneMore * 3);
        Assert.Equal(3, Enumerable.Range(5000, 100).Count(i => _pace.Take(new IPAddress([10, 1, (byte)(i >> 8), (byte)i])) is null));
    }

    [Fact]
    public void A_whole_network_of_IPv6_is_one_address()
    {
        Assert.Null(_pace.Take(IPAddress.Parse("fd00::1")));
        Assert.NotNull(_pace.Take(IPAddress.Parse("fd00::2")));
        Assert.Null(_pace.Take(IPAddress.Parse("fd00:0:0:1::2")));
        Assert.Null(_pace.Take(Volunteer));
        Assert.NotNull(_pace.Take(Volunteer.MapToIPv6()));
    }

    [Fact]
    public void It_remembers_so_many_and_forgets_after_an_hour()
    {
        for (var i = 0; i < 10; i++)
        {
            if (_pace.Take(Hostile) is { } wait) _time.Advance(wait);
        }

        _time.Advance(TimeSpan.FromHours(2));
        Assert.Null(_pace.Take(Hostile));
        Assert.True(_pace.Take(Hostile) <= TimeSpan.FromSeconds(1));
    }
}
