namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>
/// A modem's protocol as a machine without I/O, clock or thread: what happened goes in, what must be done comes out in order.
/// <see cref="ModemLink"/> is the shell that owns the port. One machine lives as long as the link; every opening of the port
/// starts with <see cref="Opened"/>, which forgets whatever was before.
/// </summary>
internal interface IModem
{
    /// <summary>When <see cref="Tick"/> wants to be called if nothing comes before; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    TimeSpan NextDue { get; }

    /// <summary>The port was opened, and was not open before: starts the modem's set-up.</summary>
    void Opened(TimeSpan now, ModemOutputs outputs);

    /// <summary>Bytes from the port, in whatever pieces they come.</summary>
    void Received(ReadOnlySpan<byte> bytes, TimeSpan now, ModemOutputs outputs);

    /// <summary>
    /// A frame to transmit. The shell hands over at most <see cref="LinkDescription.Window"/> frames of which
    /// <see cref="ModemOutput.Sent"/> has not come, and only after <see cref="ModemOutput.Ready"/>.
    /// </summary>
    void Transmit(OutgoingFrame frame, TimeSpan now, ModemOutputs outputs);

    /// <summary>Time has passed.</summary>
    void Tick(TimeSpan now, ModemOutputs outputs);
}

/// <summary>What a modem's machine wants done.</summary>
internal abstract record ModemOutput
{
    /// <summary>Bytes for the port.</summary>
    internal sealed record Write(ReadOnlyMemory<byte> Bytes) : ModemOutput;

    /// <summary>The modem is set up and can transmit. Also said again when it was set up anew.</summary>
    internal sealed record Ready : ModemOutput;

    /// <summary>The modem cannot be used as it is: one sentence with the remedy. The shell closes the port and tries again later.</summary>
    internal sealed record Failed(string Reason) : ModemOutput;

    /// <summary>A frame came in whole.</summary>
    internal sealed record Heard(ReadOnlyMemory<byte> Frame) : ModemOutput;

    /// <summary>A frame is on the air or past it, as far as can be known; the next may be handed over.</summary>
    internal sealed record Sent(long Number) : ModemOutput;

    /// <summary>Something a technician wants to read, once for each change.</summary>
    internal sealed record Noted(string Text) : ModemOutput;
}

/// <summary>Collects what a machine wants done, in order.</summary>
internal sealed class ModemOutputs
{
    private readonly Queue<ModemOutput> _outputs = [];

    public void Add(ModemOutput output) => _outputs.Enqueue(output);

    public bool TryTake(out ModemOutput output) => _outputs.TryDequeue(out output!);
}
