namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>
/// A modem as it looks from its serial line: bytes in, bytes out, and a radio on a <see cref="RadioChannel"/>. Driven by hand in pure
/// tests, or through a terminal by <see cref="EmulatorPort"/>. The serial line itself takes no time.
/// </summary>
internal abstract class ModemEmulator
{
    private int _life;

    protected ModemEmulator(RadioChannel channel, string name)
    {
        Channel = channel;
        Station = channel.Join(name);
        Station.OnHeard = heard =>
        {
            if (!IsMute) OnHeard(heard);
        };
    }

    internal RadioStation Station { get; }

    /// <summary>Where the bytes for the host go; called with the channel's lock held, so it must not wait.</summary>
    internal Action<ReadOnlyMemory<byte>>? ToHost { get; set; }

    /// <summary>Hangs: takes whatever comes, hears nothing and answers nothing. What was on the way goes on.</summary>
    internal bool IsMute { get; set; }

    /// <summary>Takes and says nothing from a reset until this has passed.</summary>
    internal TimeSpan BootTime { get; set; }

    protected RadioChannel Channel { get; }

    protected bool IsBooting { get; private set; }

    /// <summary>Bytes from the host.</summary>
    internal void FromHost(ReadOnlySpan<byte> bytes)
    {
        lock (Channel.Lock)
        {
            Channel.CatchUp();
            if (!IsMute && !IsBooting) Take(bytes);
        }
    }

    /// <summary>Starts anew, as after a brown-out or when the host asks for it. A modem that was just made has been on for long.</summary>
    internal void Reset()
    {
        lock (Channel.Lock)
        {
            Channel.CatchUp();
            _life++;
            IsBooting = true;
            Forget();
            if (BootTime == TimeSpan.Zero) Start();
            else After(BootTime, Start);
        }
    }

    /// <summary>Bytes that the host gets although the modem's protocol has none here: noise, boot messages, a bogus error.</summary>
    internal void Babble(ReadOnlySpan<byte> bytes)
    {
        lock (Channel.Lock)
            Say(bytes);
    }

    protected abstract void Take(ReadOnlySpan<byte> bytes);

    protected abstract void OnHeard(Heard heard);

    /// <summary>Everything becomes as it is when the power comes on, and the radio goes off.</summary>
    protected abstract void Forget();

    /// <summary>Says that it has started.</summary>
    protected abstract void OnStarted();

    protected void Say(ReadOnlySpan<byte> bytes)
    {
        if (!IsMute) ToHost?.Invoke(bytes.ToArray());
    }

    /// <summary>Does something later, unless the modem restarts before.</summary>
    protected void After(TimeSpan delay, Action action)
    {
        var life = _life;
        Channel.After(delay, () =>
        {
            if (life == _life) action();
        });
    }

    /// <summary>As <see cref="RadioStation.Send"/>; after a restart nobody waits for the end any more.</summary>
    protected void Send(LoRaTuning tuning, ReadOnlyMemory<byte> bytes, Action sent)
    {
        var life = _life;
        Station.Send(tuning, bytes, () =>
        {
            if (life == _life) sent();
        });
    }

    private void Start()
    {
        IsBooting = false;
        OnStarted();
    }
}
