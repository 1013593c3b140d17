namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>What the modem says, and what follows from it.</summary>
internal sealed partial class Rylr998Modem
{
    private void Take(string line, TimeSpan now, ModemOutputs outputs)
    {
        if (Rylr998Line.TryPacket(line, out var text, out var rssi, out var snr)) TakePacket(text, rssi, snr, now, outputs);
        else if (line == "+READY") Restart("it started anew", sent: false, now, outputs);
        else if (line == "+OK") TakeOk(now, outputs);
        else if (Rylr998Line.TryError(line, out var code)) TakeError(code, now, outputs);
        else NoteStrange(_trouble.Strange(line), outputs);
    }

    private void TakePacket(string text, int rssi, int snr, TimeSpan now, ModemOutputs outputs)
    {
        _heard = now;
        if (!AtText.TryDecode(text, out var frame))
        {
            NoteStrange(new ModemOutput.Noted("The RYLR998 hears packets that are no relay's: another network is near; another networkId keeps them out."), outputs);
            return;
        }

        _strange = false;
        Facts = Facts with { Rssi = rssi, Snr = snr };
        if (_phase != Phase.Setting) outputs.Add(new ModemOutput.Heard(frame));
    }

    private void TakeOk(TimeSpan now, ModemOutputs outputs)
    {
        if (!_dialogue.IsAsking) return;
        if (_phase == Phase.Setting && ++_step < _setUp.Length)
        {
            _dialogue.Tell(_setUp[_step], Patience, now, outputs);
            return;
        }

        if (_phase == Phase.Setting) outputs.Add(new ModemOutput.Ready());
        if (_phase == Phase.Sending) Sent(outputs);
        (_worked, _refused) = (true, 0);
        GoOn(now, outputs);
    }

    private void TakeError(int code, TimeSpan now, ModemOutputs outputs)
    {
        if (!_dialogue.IsAsking || Rylr998Line.IsOfReception(code) || _phase == Phase.Idle) return;
        if (_phase == Phase.Sending && code == 17 && _dialogue.Attempts < BusyAttempts) _dialogue.Repeat(Pause + (_description.Air!.TimeOnAir(MaxFrame) / 8), now);
        else if (code != 17 && _dialogue.Attempts < Attempts) _dialogue.Repeat(Pause, now);
        else if (_phase == Phase.Sending) GiveUp(code, now, outputs);
        else if (_phase == Phase.Checking) Restart($"it answers {Rylr998Line.ErrorText(code)}", sent: false, now, outputs);
        else if (code == 17 && _dialogue.Attempts < BusyAttempts) _dialogue.Repeat(Pause, now);
        else Fail(_trouble.Refuses(_setUp[_step], Rylr998Line.ErrorText(code)), outputs);
    }

    /// <summary>Once, until a relay's frame comes.</summary>
    private void NoteStrange(ModemOutput.Noted note, ModemOutputs outputs)
    {
        if (!_strange) outputs.Add(note);
        _strange = true;
    }
}
