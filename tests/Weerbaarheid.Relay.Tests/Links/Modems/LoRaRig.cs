using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>Two emulated modems of one type on one channel, each behind a terminal with a driver at it. Time goes faster than real time.</summary>
internal sealed class LoRaRig : IAsyncDisposable
{
    private readonly FastTime _time = new(4);
    private readonly RadioChannel _channel;
    private readonly EmulatorPort _portA;
    private readonly EmulatorPort _portB;
    private readonly string _type;
    private RunningModem? _a;
    private RunningModem? _b;

    internal LoRaRig(string type)
    {
        _type = type;
        _channel = new RadioChannel(_time);
        (ModemA, ModemB) = (Make(type, "a"), Make(type, "b"));
        (_portA, _portB) = (new EmulatorPort(ModemA), new EmulatorPort(ModemB));
    }

    internal RadioChannel Channel => _channel;

    internal ModemEmulator ModemA { get; }

    internal ModemEmulator ModemB { get; }

    internal EmulatorPort PortA => _portA;

    internal RunningModem A => _a!;

    internal RunningModem B => _b!;

    /// <summary>Until both modems listen.</summary>
    internal Task ListensAsync() => Eventually.TrueAsync(() => ModemA.Station.Listening is not null && ModemB.Station.Listening is not null, "both modems listen");

    internal async Task<LoRaRig> UpAsync()
    {
        Start();
        await A.Events.NextAsync<LinkEvent.Up>();
        await B.Events.NextAsync<LinkEvent.Up>();
        return this;
    }

    /// <param name="typeOfA">Another driver at A than its modem needs.</param>
    internal LoRaRig Start(string? typeOfA = null)
    {
        _a = Drive(typeOfA ?? _type, _portA);
        _b = Drive(_type, _portB);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        if (_a is not null) await _a.DisposeAsync();
        if (_b is not null) await _b.DisposeAsync();
        await _portA.DisposeAsync();
        await _portB.DisposeAsync();
        _channel.Dispose();
    }

    private ModemEmulator Make(string type, string name) => type switch
    {
        "rnode" => new RnodeEmulator(_channel, name),
        "rylr998" => new Rylr998Emulator(_channel, name),
        _ => new Rn2483Emulator(_channel, name),
    };

    private RunningModem Drive(string type, EmulatorPort port)
    {
        var options = Bench.Options(type) with { Port = port.Path, SpreadingFactor = 7 };
        return type switch
        {
            "rnode" => new RunningModem(RnodeModem.Describe(options), port.Path, options.Baud, new RnodeModem(options), _time),
            "rylr998" => new RunningModem(Rylr998Modem.Describe(options), port.Path, options.Baud, new Rylr998Modem(options), _time),
            _ => new RunningModem(Rn2483Modem.Describe(options), port.Path, options.Baud, new Rn2483Modem(options), _time),
        };
    }
}
